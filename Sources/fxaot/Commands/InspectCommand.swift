import ArgumentParser
import CFxaot
import FXCore
import Market

/// `fxaot inspect FILE…`: what a careful person looks at first in data files.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show the contents of data files: format, columns, times, gaps, first and last rows.",
    discussion: """
      Every file is read as `fxaot run` reads it, and nothing is run. Its rows are shown in its own \
      order, which a run puts in the order of time.

      Example:
        fxaot inspect EURUSD_M1.csv
      """)

  @Argument(help: ArgumentHelp("Data files, folders, or -.", valueName: "file"))
  var files: [String]

  @OptionGroup var fileOptions: FileOptions

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let sources = try QuoteSources(files)
    let options = fileOptions.reading(badLineLimit: .max)
    let survey = try TextSurvey(sources.paths, options, isMixed: true) { _ in }
    survey.notes.forEach(StandardError.note)
    var reports: [TextReport] = []
    for text in survey.texts {
      let reader = try TextReader(text, symbol: 1, options) { _ in }
      var report = try TextReport(reader)
      report.symbol = report.symbol ?? SymbolInName.find(text.entry.names)
      reports.append(report)
    }
    let output = try OutputFile(nil)
    if json {
      try output.write(try TextReport.json(reports))
    } else {
      try output.write(reports.map(\.table).joined(separator: "\n"))
    }
    try output.finish()
  }
}
