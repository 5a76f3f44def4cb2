"""What people did, kept in `state.db`: replies and what hangs on them, votes, languages."""
