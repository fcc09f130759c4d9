import ArgumentParser
import StrategyCompiler

/// `fxaot cache`: what compiled strategies are kept.
struct CacheCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "List or clear the cache of compiled strategies.",
    discussion: """
      They lie in FXAOT_CACHE, else in the folder fxaot of XDG_CACHE_HOME or of ~/.cache, at most \
      512 MB of them; what was not used for longest goes first.
      """,
    subcommands: [List.self, Clear.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the cache, the last used first: plan, processor, bytes, compiler.")

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
      let cache = try CompileJob.maker().cache
      let entries = cache.entries()
      let output = try OutputFile(nil)
      try output.write(json ? Self.json(entries) : Self.table(entries, cache))
      try output.finish()
    }

    private static func table(
      _ entries: [ArtifactCache.Entry], _ cache: ArtifactCache
    ) -> String {
      var text = ""
      for entry in entries {
        guard let manifest = entry.manifest, let variant = manifest.variants.first else {
          text += "(damaged) \(entry.byteCount)\n"
          continue
        }
        text += "\(manifest.planText) \(variant.cpu.name) \(entry.byteCount) \(manifest.compiler)\n"
      }
      let kilobytes = (cache.byteCount + 1_023) / 1_024
      return text + "\(entries.count) in \(cache.folders.root), \(kilobytes) kB in all\n"
    }

    private static func json(_ entries: [ArtifactCache.Entry]) -> String {
      let objects = entries.compactMap { entry -> String? in
        guard let manifest = entry.manifest, let variant = manifest.variants.first else {
          return nil
        }
        return "{\"plan\":\"\(manifest.planText)\",\"cpu\":\"\(variant.cpu.name)\","
          + "\"bytes\":\(entry.byteCount),\"compiler\":\(JSONText.quoted(manifest.compiler)),"
          + "\"created\":\(JSONText.quoted(manifest.created))}"
      }
      return "[" + objects.joined(separator: ",") + "]\n"
    }
  }

  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Remove everything from the cache.")

    func run() throws {
      let cache = try CompileJob.maker().cache
      let count = try CompileJob.told { () throws(CompilerError) in try cache.clear() }
      StandardError.note("removed \(count) from \(cache.folders.root)")
    }
  }
}
