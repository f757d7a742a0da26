"""The office (办公室): who works here and what every document has. Knows neither goods nor partners.

Features, lower ones first: `auth` users and rights; `audit` who did what; `company` the settings that give everything
its meaning; `documents` what every document shares; `periods` closing the books.
"""
