"""From sheets as people have them to a company: which table, which column, which format, and every choice said."""
