// Package keys keeps API keys in a folder, a file a key, and the audit log.
//
// Shape: a key is "sr_ID_SECRET". ID names its file and is public; SECRET is 256
// random bits, of which only the SHA-256 of the whole key is kept: a secret that
// nobody can guess needs no slow hash. Identify reads the one file at each
// request, so that a key that was revoked by command, or on another machine
// that shares the folder, is refused at once.
package keys
