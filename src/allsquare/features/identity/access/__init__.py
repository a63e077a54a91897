"""Look up who has which seat in an event, for what is read; commands are decided with the whole roster at hand."""
