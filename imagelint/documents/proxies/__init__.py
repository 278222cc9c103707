"""What proxies are told: nginx, HAProxy and Traefik, in files of their own and within others."""
