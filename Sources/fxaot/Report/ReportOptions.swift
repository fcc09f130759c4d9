import ArgumentParser

/// What a run writes to be looked at.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write a report: .html is a page with charts, tables and the list of trades, .json its data, .png a picture of "
        + "price and equity. May be repeated. docs/report.md explains the figures.",
      valueName: "file"))
  var report: [String] = []

  @Option(
    help: ArgumentHelp(
      "Show another run beside this one in the page; the file is one that --report NAME.json has written.",
      valueName: "file"))
  var compare: String?

  func files() throws(ToolError) -> ReportFiles {
    if report.isEmpty, compare != nil { throw .failed("--compare goes with --report NAME.html") }
    return try ReportFiles(report, compared: compare)
  }

  /// The options that are given.
  var given: [String] { (report.isEmpty ? [] : ["--report"]) + (compare == nil ? [] : ["--compare"]) }
}
