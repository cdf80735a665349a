"""The subcommands of ``xueji``, one module each: its ``command`` is found and added by service/cli.py."""
