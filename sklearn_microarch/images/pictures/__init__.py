"""Pictures of everyday formats, PNG and JPEG, as slices."""
