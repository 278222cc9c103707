# escape=`
# A runner for a build farm.

FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
WORKDIR C:\app
COPY dist\server.exe C:\app\
RUN New-Item -ItemType Directory C:\cache ; `
    # comment between
    Invoke-WebRequest https://example.com/tool.zip -OutFile tool.zip ; `
    Expand-Archive tool.zip -DestinationPath C:\tool

ENV TOOL="C:\tool\bin" MODE=serve
RUN dir C:\
COPY ["dist\\config.json", "C:\\app\\"]
USER ContainerUser
ENTRYPOINT C:\app\server.exe
