"""The engines that come with Pytron, one module each."""
