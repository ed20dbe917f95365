#!/usr/bin/env bash
# Prints the text of an office file by LibreOffice: of DOCX as text, of XLSX all sheets as CSV, of PPTX by way of PDF.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case $1 in
*.[dD][oO][cC][xX]) to='txt:Text (encoded):UTF8' ;;
*.[xX][lL][sS][xX]) to='csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1' ;;
*) to=pdf ;;
esac
soffice -env:UserInstallation="file://$folder/profile" --headless --convert-to "$to" --outdir "$folder" "$1" >/dev/null 2>&1
case $to in
pdf) pdftotext -q -enc UTF-8 "$folder"/*.pdf - ;;
txt*) cat "$folder"/*.txt ;;
*) cat "$folder"/*.csv ;;
esac
