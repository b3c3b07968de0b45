"""From trees to values at random settings of their names."""
