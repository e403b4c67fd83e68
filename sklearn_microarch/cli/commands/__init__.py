"""One file for each command, imported only when the command is called.

Each has ``add_arguments(parser)`` and ``run(options, console)``.
"""
