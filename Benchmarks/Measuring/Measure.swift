import Libc

/// Nanoseconds of the monotonic clock.
public func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// The median of `rounds` results of `round`, after one round that does not count.
public func median(of rounds: Int, _ round: () throws -> Double) rethrows -> Double {
  _ = try round()
  return try (0..<rounds).map { _ in try round() }.sorted()[rounds / 2]
}

/// Measures a figure and prints it, if it was asked for: the arguments are beginnings of names,
/// no argument asks for all.
public func report(
  _ name: String, _ measure: @autoclosure () throws -> Double, _ unit: String
) rethrows {
  let asked = CommandLine.arguments.dropFirst()
  guard asked.isEmpty || asked.contains(where: name.hasPrefix) else { return }
  let thousandths = Int((try measure() * 1_000).rounded())
  let fraction = String(thousandths % 1_000 + 1_000).dropFirst()
  print("\(name) \(thousandths / 1_000).\(fraction) \(unit)")
}
