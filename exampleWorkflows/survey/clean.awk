# Answers that are whole, of people who are old enough.
NR > 1 && $1 >= least && $2 != "" && $3 != "" { print $1 "," $2 "," $3 }
