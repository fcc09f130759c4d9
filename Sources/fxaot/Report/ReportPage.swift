import Artifacts

/// A report as one file of HTML that needs nothing else.
///
/// Texts of scripts and files stand in it as data alone: `report.js` and `paint.js` show them as text. Only scripts whose hashes the page
/// names may run, and nothing is loaded from anywhere.
enum ReportPage {
  static func bytes(_ report: Report, _ data: [UInt8], other: JSONTree?) throws(ToolError) -> [UInt8] {
    let library = try ReportParts.chartLibrary()
    let scripts = try ["paint.js", "report.js"].map { (name) throws(ToolError) in try ReportParts.page(name) }
    let style = try ReportParts.page("report.css")
    if library == nil {
      StandardError.note(
        "priv/www/\(ReportParts.library) is not there (make setup fetches it): the report has still pictures")
    }
    let parts = (library.map { [$0] } ?? []) + scripts
    let hashes = parts.map { "'sha256-\(Data(SHA256.hash($0)).base64EncodedString())'" }
    let policy =
      "default-src 'none'; script-src \(hashes.joined(separator: " ")); style-src 'unsafe-inline'; img-src data:; "
      + "base-uri 'none'; form-action 'none'"
    var page: [UInt8] = []
    func add(_ text: String) { page.append(contentsOf: text.utf8) }
    add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    add("<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">\n")
    add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    add("<meta name=\"color-scheme\" content=\"light dark\">\n")
    add("<title>\(escaped(report.title))</title>\n<style>\n")
    page += style
    add("</style>\n</head>\n<body>\n<main id=\"report\"></main>\n")
    add("<noscript>This report needs JavaScript, which shows its tables and charts.</noscript>\n")
    if library == nil { add("<template id=\"still\">\(StillCharts.svg(report))</template>\n") }
    add("<script type=\"application/json\" id=\"data\">")
    page += data
    add("</script>\n")
    if let other {
      add("<script type=\"application/json\" id=\"other\">")
      page += other.bytes
      add("</script>\n")
    }
    for part in parts {
      add("<script>")
      page += part
      add("</script>\n")
    }
    if library != nil {
      add("<!-- TradingView Lightweight Charts™ is Copyright (c) 2025 TradingView, Inc., Apache License 2.0. -->\n")
    }
    add("</body>\n</html>\n")
    return page
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }
}
