// brevet-secure-enclave: keys in the Secure Enclave of a Mac, by the external-signer protocol (docs/reference/external-signer.md).
//
//     brevet-secure-enclave --folder DIR --presence any|biometric|none [--reason TEXT] [--reuse SECONDS]
//
// One request on stdin, one answer on stdout, exit status 0. It links no library but Apple's own.

import Foundation

do {
    let settings = try Settings(arguments: Array(CommandLine.arguments.dropFirst()))
    let input = FileHandle.standardInput.readDataToEndOfFile()
    FileHandle.standardOutput.write(answer(to: input, with: settings))
} catch let problem as UsageProblem {
    FileHandle.standardError.write(Data("brevet-secure-enclave: \(problem.text)\n".utf8))
    exit(2)
}
