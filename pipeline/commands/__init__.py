"""What cli.py is made of besides its own commands: their common frame, and the commands around the pipeline. Nothing else imports it."""
