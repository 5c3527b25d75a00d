"""What puts a layout on the glass: paint, icons, illustrations."""
