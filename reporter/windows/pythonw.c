#include <windows.h>
#include <stdlib.h>

__declspec(dllimport) int Py_Main(int, wchar_t **);

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, LPWSTR line, int show) { return Py_Main(__argc, __wargv); }
