"""What the programs and configuration files of a host say."""
