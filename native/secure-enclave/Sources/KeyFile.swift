import Foundation

/// A refusal of the protocol: one of its words, and a line for the person.
struct Refusal: Error {
    let error: String
    let message: String
}

/// What is kept of a key: CryptoKit's opaque form, which this Mac's Secure Enclave alone can use, and what the key asks for.
struct KeyRecord: Codable {
    let version: Int
    let presence: Presence
    let blob: Data
}

/// The files of the keys: one each, for its owner alone. The folder copied to another Mac is good for nothing.
struct KeyFolder {
    let folder: URL

    func load(_ key: String) throws -> KeyRecord? {
        let file = try path(of: key)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            let record = try JSONDecoder().decode(KeyRecord.self, from: Data(contentsOf: file))
            guard record.version == 1 else { throw Refusal(error: "failed", message: "\(file.path) is of a later version") }
            return record
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(error: "failed", message: "\(file.path) holds no key: \(error.localizedDescription)")
        }
    }

    /// Keeps a new key unless one is there: two programs that make the same key must not lose one of them.
    /// - Returns: whether it was kept.
    func add(_ key: String, _ record: KeyRecord) throws -> Bool {
        let file = try path(of: key)
        let owner: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: owner)
        let data = try JSONEncoder().encode(record)
        // Whole before it has its name, and `link` takes no name that is taken: a crash leaves no half of a key.
        let temporary = folder.appendingPathComponent(".new-\(UUID().uuidString)")
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Refusal(error: "failed", message: "\(temporary.path) cannot be written") }
        defer { unlink(temporary.path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        if link(temporary.path, file.path) == 0 { return true }
        guard errno == EEXIST else { throw Refusal(error: "failed", message: "\(file.path) cannot be written") }
        return false
    }

    func remove(_ key: String) throws {
        let file = try path(of: key)
        guard unlink(file.path) == 0 || errno == ENOENT else {
            throw Refusal(error: "failed", message: "\(file.path) cannot be removed")
        }
    }

    /// The names of the protocol, which cannot lead out of the folder.
    private func path(of key: String) throws -> URL {
        let first = "abcdefghijklmnopqrstuvwxyz0123456789"
        let allowed = Set(first + "._-")
        guard (1...96).contains(key.count), key.allSatisfy({ allowed.contains($0) }), first.contains(key.first!) else {
            throw Refusal(error: "failed", message: "the request names no key")
        }
        return folder.appendingPathComponent("\(key).json")
    }
}
