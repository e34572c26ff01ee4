"""Pages: the record for people, at the same addresses as for programs.

A page is made on the server from the very answer that a program gets; it works without
JavaScript and is better with it. `rendering` makes the page, the templates are in
`templates/`, and the modules between build plain view models; none of them knows SQL.
"""
