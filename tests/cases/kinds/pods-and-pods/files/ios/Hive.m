@implementation Hive @end
