import Testing

@testable import ScriptTemplates

struct ScriptTemplateTests {
  private func render(
    _ template: String, _ settings: String...
  ) throws(TemplateError) -> RenderedScript {
    var values: [String: TemplateValue] = [:]
    for setting in settings {
      let (name, value) = try TemplateValue.parse(setting)
      values[name] = value
    }
    return try ScriptTemplate(template).render(values)
  }

  private func error(_ template: String, _ settings: String...) -> TemplateError? {
    do {
      var values: [String: TemplateValue] = [:]
      for setting in settings {
        let (name, value) = try TemplateValue.parse(setting)
        values[name] = value
      }
      _ = try ScriptTemplate(template).render(values)
      return nil
    } catch {
      return error
    }
  }

  @Test func `values and defaults stand where they are asked`() throws {
    let template = "a = {{ fast|default:5 }}\nb = {{ band | default: 0.123456789012 }}\n"
    #expect(try render(template).text == "a = 5\nb = 0.123456789012\n")
    #expect(try render(template, "fast=7", "band=1e-7").text == "a = 7\nb = 1e-07\n")
    #expect(try render(template, "fast=-2").text == "a = -2\nb = 0.123456789012\n")
    #expect(try render("{{ x }}, \"{{ x }}\"", "x=true").text == "true, \"true\"")
    #expect(try render("{{ x|default:\"hl2\" }}", "x=ta.ema").text == "ta.ema")
  }

  @Test func `values have types`() throws {
    let template =
      "{% if n > 9 %}many{% else %}few{% endif %} {% if on %}on{% else %}off{% endif %}"
    #expect(try render(template, "n=10", "on=true").text == "many on")
    #expect(try render(template, "n=9", "on=false").text == "few off")
    #expect(try TemplateValue.parse("n=10").value == .integer(10))
    #expect(try TemplateValue.parse("n=0.5").value == .number(0.5))
    #expect(try TemplateValue.parse("n=\"10\"").value == .text("10"))
    #expect(try TemplateValue.parse("n=inf").value == .text("inf"))
    #expect(try TemplateValue.parse("n=a=b").value == .text("a=b"))
    #expect(try TemplateValue.parse("n=").value == .text(""))
  }

  @Test func `a line of tags leaves no line`() throws {
    let template = """
      one
        {% if kind == "a" %}
      two
      {% else %} {# no #}
      three
      {% endif %}
      {# a comment
         over two lines #}
      four {# five #}

      """
    #expect(try render(template, "kind=a").text == "one\ntwo\nfour \n")
    #expect(try render(template, "kind=b").text == "one\nthree\nfour \n")
    #expect(try render(template).templateLines == [1, 5, 9, 9])
    #expect(try render(template.replacing("\n", with: "\r\n"), "kind=a").text.contains("two"))
  }

  @Test func `each line knows where it came from`() throws {
    let script = try render(
      """
      {% for n in 1...3 %}
      a{{ n }} = {{ n }}
      b{{ n }} = {{ n }}
      {% endfor %}
      end
      """)
    #expect(script.text == "a1 = 1\nb1 = 1\na2 = 2\nb2 = 2\na3 = 3\nb3 = 3\nend")
    #expect(script.templateLines == [2, 3, 2, 3, 2, 3, 5])
    #expect(script.templateLine(of: 4) == 3)
    #expect(script.templateLine(of: 7) == 5)
    #expect(script.templateLine(of: 0) == nil && script.templateLine(of: 8) == nil)
  }

  @Test(arguments: [
    "close)\nstrategy.close_all(", "close) + (open", "a b", "a,b", "a;b", "1 + 1", "a/*", "ä",
    "a..b", ".a", "", "1.", "0x10",
  ])
  func aTextCannotBecomeMoreThanAWordOfTheCode(value: String) {
    #expect(error("x = {{ source }}", "source=\(value)") != nil)
  }

  @Test(arguments: ["a\" + \"b", "a'b", "a\\", "a\nb", "a\rb", "a\u{2028}b", "a\u{7}", "\u{E000}"])
  func `a text cannot end the quotes that it stands in`(value: String) {
    #expect(error("x = \"{{ title }}\"", "title=\(value)") != nil)
    #expect(error("// {{ title }}", "title=\(value)") != nil)
  }

  @Test func `within quotes and comments a text is free`() throws {
    let title = "title=5 % of (all), always; // {{ not }} a tag"
    #expect(
      try render("x = \"{{ title }}\" // {{ title }}", title).text
        == "x = \"5 % of (all), always; // {{ not }} a tag\" // 5 % of (all), always; // {{ not }} a tag"
    )
    // The quotes have ended.
    #expect(error("x = \"a\" + {{ title }}", title) != nil)
    #expect(error("x = 'a\\'' + {{ title }}", title) != nil)
  }

  @Test func `an error names its line`() {
    let template = "a\na\n{% if x %}\n{{ y }}\n{% endif %}\n"
    #expect(
      error(template, "x=true")
        == TemplateError("y has no value; give one with --set y=…", line: 4))
    #expect(
      error("\n{{ k|one_of:\"a,b\" }}", "k=c") == TemplateError("'c' is not one of a, b", line: 2))
    #expect(error("\n\n{{ x").map(\.line) == 3)
    #expect(error("\n{% if x %}\n").map(\.sentence)?.contains("endif") == true)
    #expect(error("\n{{ x|nothing }}", "x=1")?.line == 2)
    #expect(error("{{ }}")?.line == 1)
    #expect(error("{{ a if b else c }}")?.line == 1)
    #expect(error("{% include \"/etc/passwd\" %}") != nil)
    #expect(error("\u{E000}")?.line == 1)
  }

  @Test func `a name that the template has not is refused`() throws {
    let template =
      "{{ fast|default:5 }}{% for n in 1...count %}{{ n }}{% endfor %}{% if not x %}{% endif %}"
    #expect(try ScriptTemplate(template).names == ["count", "fast", "x"])
    #expect(
      error(template, "fats=5")
        == TemplateError("the template has no value 'fats'; it has count, fast, x"))
    #expect(error(template, "5=5") != nil)
    #expect(error(template, "fast") != nil)
  }
}
