/**
 * Switches off the telemetry of ONNX Runtime, which from version 1.29 on keeps events and an identifier on disk and sends
 * them to its maker. It reads the variable when it is first used, from the environment of the process itself, of which a
 * worker thread has but a copy: so the programs import this file first. Whoever sets the variable decides.
 */
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
