"""Take records over from a register that already exists: CSV rows in, statements out.

A mapping file says what each row means; nothing here knows cows or camels. What comes
out is the same whenever it is made from the same rows, so an import that broke off is
simply run again, and nothing is ever recorded twice.
"""
