"""The guided dossier: which papers a procedure asks for in one's own case, photographed one by one,
checked, packed and sealed to the ward.
"""
