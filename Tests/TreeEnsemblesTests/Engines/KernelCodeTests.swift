import LinuxSystem
import TestSupport
import Testing

// Goal: what the compiler made of the kernels keeps the instruction sets apart and the sums of forests exact. Method:
// the release build's object files are disassembled; without a release build there is nothing to look at, which is
// printed.
@Suite struct KernelCodeTests {
    @Test(arguments: ["TreeKernels", "TextKernels"])
    func `the baseline has no instruction beyond the baseline`(_ module: String) throws {
        // Every instruction with a VEX or EVEX prefix has a name that begins with v.
        let code = try instructions(of: module)
        #expect(code.allSatisfy { !$0.name.hasPrefix("v") })
        #expect(code.allSatisfy { !$0.operands.contains("%ymm") && !$0.operands.contains("%zmm") })
    }

    @Test func `vectors are as wide as the instruction set's`() throws {
        expectWide(try instructions(of: "TreeKernelsAVX2"), register: "%ymm", never: "%zmm")
        expectWide(try instructions(of: "TreeKernelsAVX512"), register: "%zmm", never: nil)
        expectWide(try instructions(of: "TreeKernelsAVX512VBMI"), register: "%zmm", never: nil)
        expectWide(try instructions(of: "TextKernelsAVX2"), register: "%ymm", never: "%zmm")
        expectWide(try instructions(of: "TextKernelsAVX512"), register: "%zmm", never: nil)
    }

    @Test(arguments: ["TreeKernels", "TreeKernelsAVX2", "TreeKernelsAVX512", "TreeKernelsAVX512VBMI"])
    func `no multiplication is contracted with an addition and nothing is gathered`(_ module: String) throws {
        for instruction in try instructions(of: module) {
            #expect(!instruction.name.contains("fmadd") && !instruction.name.contains("fmsub"))
            #expect(!instruction.name.contains("gather"))
        }
    }

    @Test(arguments: [
        "TreeKernels", "TreeKernelsAVX2", "TreeKernelsAVX512", "TreeKernelsAVX512VBMI", "TextKernels",
        "TextKernelsAVX2", "TextKernelsAVX512",
    ])
    func `the linker has no function to choose between instruction sets`(_ module: String) throws {
        // Names that hold the module's are this module's alone; a specialised function of the standard library is not.
        let ownName = "\(module.utf8.count)\(module)"
        for object in objects(of: module) {
            let symbols = try output(of: "/usr/bin/nm", ["--defined-only", object])
            for line in symbols.split(separator: "\n") {
                let words = line.split(separator: " ")
                // Weak functions; weak data is the same for all.
                guard words.count == 3, words[1] == "W" else { continue }
                #expect(words[2].contains(ownName), "\(object): \(words[2])")
            }
        }
    }

    private struct Instruction {
        let name: Substring
        let operands: Substring
    }

    private func expectWide(_ code: [Instruction], register: String, never: String?) {
        guard !code.isEmpty else { return }
        #expect(code.contains { $0.operands.contains(register) })
        if let never { #expect(!code.contains { $0.operands.contains(never) }) }
    }

    private func instructions(of module: String) throws -> [Instruction] {
        try objects(of: module).flatMap { object in
            try output(of: "/usr/bin/objdump", ["-d", "--no-show-raw-insn", object]).split(separator: "\n").compactMap {
                // "  1a: <tab> name operands"
                guard let tab = $0.firstIndex(of: "\t") else { return nil }
                let text = $0[$0.index(after: tab)...]
                let name = text.prefix { $0 != " " }
                return Instruction(name: name, operands: text[name.endIndex...])
            }
        }
    }

    private func objects(of module: String) -> [String] {
        let folder = "\(RepositoryRoot.path)/.build/release/\(module).build"
        guard let entries = try? FileSystem.list(folder) else {
            print("not run: no release build of \(module)")
            return []
        }
        // Objects of sources that are gone may lie beside the others.
        return entries.map(\.name).filter { name in
            name.hasSuffix(".o") && FileSystem.exists("\(RepositoryRoot.path)/Sources/\(module)/\(name.dropLast(2))")
        }.map { "\(folder)/\($0)" }
    }

    private func output(of program: String, _ arguments: [String]) throws -> String {
        let child = try ChildProcess(program, arguments)
        #expect(try child.waitForEnd() == .exited(code: 0))
        return child.output
    }
}
