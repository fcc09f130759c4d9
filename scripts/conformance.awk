# Compares two lists of trades (TradingView's first) and prints a row of the conformance table.
# Two trades are the same when side, entry bar and exit bar are equal, both prices agree within
# half a cent and the quantity within 0.01 %. Trades that TradingView's list leaves open are not
# compared, nor are ours that were entered after its last one.

function differs(a, b, tolerance) { d = a - b; return d > tolerance || -d > tolerance }

FNR == 1 { file++; next }

file == 1 {
  if ($3 > last) last = $3
  if ($5 == "") next
  theirs++
  key = $2 "," $3 "," $5
  line[key, ++count[key]] = $0
  next
}

$3 <= last && $5 != "" {
  ours++
  key = $2 "," $3 "," $5
  found = 0
  for (i = 1; i <= count[key] && !found; i++) {
    if ((key, i) in used) continue
    split(line[key, i], t, ",")
    if (!differs($4, t[4], 0.005) && !differs($6, t[6], 0.005) &&
        !differs($7, t[7], 0.0001 * t[7])) {
      used[key, i] = 1
      same++
      found = 1
    }
  }
  if (!found && verbose) print "ours:        " $0 > "/dev/stderr"
}

END {
  if (verbose)
    for (place in line) if (!(place in used)) print "TradingView: " line[place] > "/dev/stderr"
  apart = ours - theirs
  if (apart < 0) apart = -apart
  passes = same >= 0.98 * theirs && apart <= 0.01 * theirs
  printf "| %s | %d | %d | %d | %s |\n", name, same, ours, theirs, passes ? "passes" : "fails"
}
