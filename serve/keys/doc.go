// Package keys keeps API keys in a folder, one file per key, and the audit log.
//
// Shape: a key is "sr_ID_SECRET". ID is public and names the file. SECRET is
// 256 random bits. The file holds only the SHA-256 of the whole key: nobody can
// guess such a secret, so it needs no slow hash. Identify reads one file at
// each request. A key is therefore refused at once after a command revoked it,
// here or on another machine that shares the folder.
package keys
