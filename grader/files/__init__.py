"""Files and folders of this machine, and archives that somebody else made."""
