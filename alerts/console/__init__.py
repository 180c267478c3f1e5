"""The coordinators' console: server-rendered pages, live through server-sent events, Dutch first and English second."""
