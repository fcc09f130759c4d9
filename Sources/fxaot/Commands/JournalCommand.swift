import ArgumentParser
import Records

/// `fxaot journal`: what an engine's journal holds, whether it is whole, and the account at any moment of it.
struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "List, print, verify or replay an engine's journal.",
    discussion: """
      It only reads, also while an engine writes: the newest segment then may end in an unfinished record.

      Example:
        fxaot journal verify /var/lib/trading/eur
        fxaot journal replay /var/lib/trading/eur --until 2026-03-31T14:30:00Z
      """,
    subcommands: [List.self, Cat.self, Verify.self, Replay.self])

  private static func write(_ text: String) throws(ToolError) {
    let output = try OutputFile(nil)
    try output.write(text)
    try output.finish()
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls",
      abstract: "List the segments: records, epoch, when it began, bytes, snapshot, damage.")

    @Argument(help: "The folder of the journal.")
    var folder: String

    func run() throws { try JournalCommand.write(JournalFolder(folder).list()) }
  }

  struct Cat: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "cat", abstract: "Print the records as JSON, a line each.")

    @Argument(help: "The folder of the journal.")
    var folder: String

    @Option(help: "The sequence number of the first record to print.")
    var from: UInt64 = 0

    @Option(help: "The sequence number of the last record to print.")
    var to: UInt64 = .max

    func run() throws {
      let journal = try JournalFolder(folder)
      let output = try OutputFile(nil)
      for index in journal.segments.indices {
        if journal.segments[index].first > to { break }
        if index + 1 < journal.segments.count, journal.segments[index + 1].first <= from { continue }
        let segment = try journal.segment(index)
        for record in segment.records where record.sequence >= from && record.sequence <= to {
          try output.write(segment.json(record))
        }
        guard let damage = segment.damage, segment.last < to else { continue }
        if !segment.isTorn {
          try output.finish()
          throw ToolError.failed(damage.sentence)
        }
        StandardError.note(JournalFolder.warning(damage, segment))
      }
      try output.finish()
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check the sums and the chain of hashes over all segments.",
      discussion: """
        The exit code is 1 for damage, with the file, the byte and the reason. A record that was being written when the \
        node stopped is none: it is said, and the next start cuts it off.
        """)

    @Argument(help: "The folder of the journal.")
    var folder: String

    func run() throws {
      let journal = try JournalFolder(folder)
      let verdict = try journal.verify()
      for warning in verdict.warnings { StandardError.note(warning) }
      for damage in verdict.damage { StandardError.note(damage.sentence) }
      if !verdict.damage.isEmpty { throw ToolError.ended(1) }
      try JournalCommand.write(Self.summary(verdict, journal))
    }

    static func summary(_ verdict: JournalFolder.Verdict, _ journal: JournalFolder) -> String {
      "whole: \(verdict.records) records, \(verdict.bytes) bytes, segments: \(journal.segments.count)\n"
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Rebuild the account at a moment, and print it.",
      discussion: """
        It takes the newest snapshot before the moment and carries out the records after it, up to the first quote or \
        advance that is later.
        """)

    @Argument(help: "The folder of the journal.")
    var folder: String

    @Option(help: "The moment, of quotes: 2026-03-31T14:30:00Z, or nanoseconds since 1970. Default: the end.")
    var until: String?

    @Flag(help: "Begin with the oldest snapshot.")
    var fromStart = false

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
      let moment = try until.map { text throws(ToolError) in try JournalTime.parse(text, option: "--until") }
      let replay = try JournalReplay.make(JournalFolder(folder), until: moment ?? .max, fromStart: fromStart)
      for warning in replay.warnings { StandardError.note(warning) }
      let report = JournalReport(replay)
      try JournalCommand.write(json ? report.json() : report.table)
    }
  }
}
