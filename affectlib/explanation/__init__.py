"""Guided Grad-CAM, and the checks that an explanation has to pass."""
