"""What identifies an error, whatever numbers, names of files and times it carries this time."""
