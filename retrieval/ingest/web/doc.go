// Package web reads HTML and XHTML pages, and EPUB books, which consist of such
// pages.
package web
