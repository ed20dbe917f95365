// Package charset decodes texts and the names of files. It recognises UTF-8,
// UTF-16, CP949, EUC-KR, ISO-2022-KR and ISO-2022-JP by their bytes.
package charset
