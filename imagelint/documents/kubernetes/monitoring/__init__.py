"""What watches servers: the queries of rules, scalers, analyses and dashboards."""
