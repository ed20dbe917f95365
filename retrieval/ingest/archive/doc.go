// Package archive reads documents that are zip files of parts: Office documents,
// Hangul's HWPX, and EPUB.
package archive
