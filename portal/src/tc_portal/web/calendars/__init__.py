"""営業日カレンダー as people write and read them."""
