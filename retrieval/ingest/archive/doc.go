// Package archive reads documents that are zip files of parts: those of Office,
// Hangul's HWPX, and EPUB.
package archive
