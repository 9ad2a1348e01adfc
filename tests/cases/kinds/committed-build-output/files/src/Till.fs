module Till
