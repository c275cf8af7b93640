import Foundation

/// What a signature asks of a person. It is fixed in the key when it is made, and no program can change it afterwards.
enum Presence: String, Codable {
    /// Touch ID, a paired watch, or the login password.
    case any
    /// A finger that was enrolled when the key was made: enrolling another one makes the key useless.
    case biometric
    /// Nobody: for machines that work unattended.
    case none
}

struct UsageProblem: Error {
    let text: String
}

/// The arguments. There are no others, and each has to be right: a misspelt `--presence` must not make a laxer key.
struct Settings {
    let folder: URL
    let presence: Presence
    let reason: String
    let reuseSeconds: Double

    /// LAContext takes no longer window (LATouchIDAuthenticationMaximumAllowableReuseDuration).
    static let longestReuseSeconds = 300.0

    init(arguments: [String]) throws {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard ["--folder", "--presence", "--reason", "--reuse"].contains(name), values[name] == nil else {
                throw UsageProblem(text: "the argument \(name) is unknown or there twice")
            }
            guard let value = rest.popFirst() else { throw UsageProblem(text: "\(name) lacks its value") }
            values[name] = value
        }
        guard let folder = values["--folder"], folder.hasPrefix("/") else {
            throw UsageProblem(text: "--folder has to be an absolute path")
        }
        guard let presence = Presence(rawValue: values["--presence"] ?? "") else {
            throw UsageProblem(text: "--presence has to be any, biometric or none")
        }
        guard let reuse = Double(values["--reuse"] ?? "0"), (0...Settings.longestReuseSeconds).contains(reuse) else {
            throw UsageProblem(text: "--reuse has to be 0 to 300 seconds")
        }
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
        self.presence = presence
        self.reason = values["--reason"] ?? "sign in to a cloud"
        self.reuseSeconds = reuse
    }
}
