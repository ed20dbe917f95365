// Package keys keeps API keys in a folder, one file per key, and the audit log.
//
// Shape: a key is "sr_ID_SECRET". ID is public and names the file. SECRET is
// 256 random bits. The file holds only the SHA-256 of the whole key. A slow
// hash is not needed, because nobody can guess such a secret. Identify reads
// the file of the key at each request. So a revoked key is refused at once,
// also on other machines that share the folder.
package keys
