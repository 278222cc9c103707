"""What commands show: on standard output, in files, on a terminal."""
