"""What can wait: the cache of images on this machine keeps its bounds."""

from training.work import image_cache

CHORES = (image_cache.shrink,)
