import Artifacts
import Testing

struct CPULevelTests {
  @Test(arguments: ["x86-64-v2", "x86-64-v3", "x86-64-v4", "aarch64", "native-00ab12ff"])
  func `names are read back`(name: String) {
    #expect(CPULevel(name)?.name == name)
  }

  @Test(arguments: [
    "", "x86-64", "x86-64-v5", "native", "native-", "native-00AB12FF", "native-00ab12",
    "native-00ab12ff00", "../x86-64-v3",
  ])
  func `other names are none`(name: String) {
    #expect(CPULevel(name) == nil)
  }

  @Test func `a machine runs its own code and not that of another`() {
    guard case .native(let features) = CPULevel.thisMachine else {
      Issue.record("\(CPULevel.thisMachine) is no native level")
      return
    }
    #expect(CPULevel.thisMachine.isSupported)
    #expect(!CPULevel.native(~features).isSupported)
  }

  /// A level holds all lower ones, and what is made for the machine comes first.
  @Test func `levels are ordered from the best down`() {
    let levels = CPULevel.supported
    #expect(levels.first == CPULevel.thisMachine)
    #if arch(x86_64)
      let all: [CPULevel] = [.x86_64v4, .x86_64v3, .x86_64v2]
      #expect(Array(levels.dropFirst()) == Array(all.suffix(levels.count - 1)))
      #expect(!CPULevel.aarch64.isSupported)
    #elseif arch(arm64)
      #expect(Array(levels.dropFirst()) == [.aarch64])
    #endif
  }
}
