/** CDKTF notes where each token is created; with Jest's source maps, that is a third of a synthesis. No test reads it. */
exports.captureStackTrace = () => [];
