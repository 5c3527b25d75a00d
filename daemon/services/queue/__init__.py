"""Queue numbers."""

from daemon.services.queue.config import QueueConfig
from daemon.services.queue.queue import Queue

__all__ = ["Queue", "QueueConfig"]
