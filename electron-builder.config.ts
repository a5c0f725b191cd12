/**
 * What a package holds and how it is made. The bundled app needs no node_modules; the command line and its native WebGPU
 * (tens of megabytes per platform) stay out: they run from a checkout.
 */
import type { Configuration } from 'electron-builder';

const config: Configuration = {
  appId: 'io.github.gradloom',
  productName: 'Gradloom',
  executableName: 'gradloom',
  copyright: 'MIT licensed',
  directories: { output: 'dist', buildResources: 'assets' },
  // False: there is nothing to install or rebuild, and no node_modules to collect.
  beforeBuild: async () => false,
  files: [
    { from: 'out', to: 'out', filter: ['main/**', 'preload/**', 'renderer/**', '!**/*.map'] },
    { from: 'assets/data', to: 'assets/data' },
    'package.json',
    'LICENSE',
    '!node_modules/**',
  ],
  asar: true,
  icon: 'assets/icon.png',
  fileAssociations: [
    {
      ext: 'gradloom',
      name: 'Gradloom document',
      description: 'A neural network wired in Gradloom',
      mimeType: 'application/x-gradloom+json',
      role: 'Editor',
    },
  ],
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  electronLanguages: ['en', 'en-US'],
  linux: {
    target: ['AppImage', 'deb'],
    category: 'Science',
    maintainer: 'The Gradloom authors',
    synopsis: 'Builder, trainer and gradient oscilloscope for neural networks',
  },
  mac: { target: 'dmg', category: 'public.app-category.developer-tools' },
  win: { target: 'nsis' },
  nsis: {
    oneClick: false,
    perMachine: true, // Windows registers file types only for all users
    allowToChangeInstallationDirectory: true,
  },
  publish: null,
};

export default config;
