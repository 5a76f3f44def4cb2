"""Carries questions in and answers out: the command, the terminal, Telegram."""
