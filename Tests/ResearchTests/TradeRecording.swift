import Foundation

@testable import Research

/// The trades of many runs, a letter each, as they were recorded: so that a run whose hash differs
/// shows its first trade that does.
///
///     run seed letters                    one line a run, a letter a trade
///
/// `FXAOT_RECORD=1` in the environment writes the file anew.
struct TradeRecording {
  private let path: String
  private let recorded: [String: String]
  private var lines: [String] = []
  private(set) var difference: String?

  init(_ name: String) throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    path = tests.appendingPathComponent("Recorded/\(name).txt").path
    guard !Self.isRecording else {
      recorded = [:]
      return
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    recorded = Dictionary(
      uniqueKeysWithValues: text.split(separator: "\n").map { line in
        let end = line.lastIndex(of: " ") ?? line.startIndex
        return (String(line[..<end]), String(line[line.index(after: end)...]))
      })
  }

  private static var isRecording: Bool {
    ProcessInfo.processInfo.environment["FXAOT_RECORD"] == "1"
  }

  /// Compares a run's trades; the first difference of all runs is kept.
  mutating func add(_ run: String, _ trades: [ListedTrade]) {
    let letters = trades.map(Self.letter)
    lines.append("\(run) \(String(letters))")
    guard difference == nil, !Self.isRecording else { return }
    guard let before = recorded[run].map(Array.init) else {
      difference = "\(run) has never been recorded"
      return
    }
    guard before != letters else { return }
    let place = zip(before, letters).enumerated().first { $1.0 != $1.1 }?.offset
    let index = place ?? min(before.count, letters.count)
    let trade = index < letters.count ? Self.text(trades[index]) : "no trade"
    difference =
      "\(run): trade \(index + 1) of \(before.count) is the first that differs; now \(trade)"
      + " (\(letters.count) trades)"
  }

  func save() throws {
    guard Self.isRecording else { return }
    try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

  private static func letter(_ trade: ListedTrade) -> Character {
    var hash = RunHash()
    hash.add([trade])
    return alphabet[Int(hash.value >> 58)]
  }

  private static func text(_ trade: ListedTrade) -> String {
    "\(trade.isLong ? "long" : "short") \(trade.quantity), \(trade.entryName) at \(trade.entryTime)"
      + " for \(trade.entryPrice), \(trade.exitName) at \(trade.exitTime.map(String.init) ?? "–")"
      + " for \(trade.exitPrice), profit \(trade.profit)"
  }
}
